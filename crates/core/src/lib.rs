pub mod by_hand;
pub mod network;
