//! The line drawings that stand beside words. Each is decoration: the words say the same.

/// One drawing on a 24-unit field, stroke 2, in the colour of the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Lamp,
    Clock,
    Pencil,
    Calendar,
    Dots,
    People,
    Book,
    List,
    House,
    Octagon,
    Triangle,
    Info,
    CheckCircle,
    Tick,
    Question,
    Pause,
    Cross,
    Lock,
    Out,
    Eye,
    Picture,
    Hash,
    Link,
    Copy,
    Hand,
    Send,
    Left,
    Right,
    Up,
    Down,
    Mail,
    Plug,
    Print,
    Undo,
}

impl Icon {
    /// The drawing as SVG, hidden from screen readers.
    #[must_use]
    pub fn svg(self) -> &'static str {
        macro_rules! draw {
            ($body:literal) => {
                concat!(
                    r#"<svg class="bs-icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">"#,
                    $body,
                    "</svg>"
                )
            };
        }
        match self {
            Self::Lamp => draw!(
                r#"<path d="M8 3h8l3 9H5z" fill="currentColor" fill-opacity=".18"/><path d="M12 12v9M7.5 21h9"/>"#
            ),
            Self::Clock => draw!(r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>"#),
            Self::Pencil => draw!(
                r#"<path d="M4 20l1-4.5L16.5 4l3.5 3.5L8.5 19z"/><path d="M14 6.5l3.5 3.5"/>"#
            ),
            Self::Calendar => {
                draw!(
                    r#"<rect x="3.5" y="5" width="17" height="16" rx="2.5"/><path d="M3.5 10h17M8 3v4M16 3v4"/>"#
                )
            }
            Self::Dots => draw!(
                r#"<circle cx="5" cy="12" r="1" fill="currentColor"/><circle cx="12" cy="12" r="1" fill="currentColor"/><circle cx="19" cy="12" r="1" fill="currentColor"/>"#
            ),
            Self::People => draw!(
                r#"<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0"/><path d="M16 4.7a3.5 3.5 0 0 1 0 6.6M18.5 14.5a6.5 6.5 0 0 1 3 5.5"/>"#
            ),
            Self::Book => draw!(
                r#"<path d="M12 6.5C10 5 7 4.5 3 4.5v14c4 0 7 .5 9 2 2-1.5 5-2 9-2v-14c-4 0-7 .5-9 2z"/><path d="M12 6.5v14"/>"#
            ),
            Self::List => draw!(r#"<path d="M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01"/>"#),
            Self::House => {
                draw!(r#"<path d="M4 11l8-7 8 7v9H4z"/><path d="M12 11.5v5M9.5 14h5"/>"#)
            }
            Self::Octagon => draw!(
                r#"<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z"/><path d="M12 7.5v5M12 16.3h.01"/>"#
            ),
            Self::Triangle => {
                draw!(r#"<path d="M12 4l9 16H3z"/><path d="M12 10v4.5M12 17.2h.01"/>"#)
            }
            Self::Info => {
                draw!(r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.7h.01"/>"#)
            }
            Self::CheckCircle => {
                draw!(r#"<circle cx="12" cy="12" r="9"/><path d="M8 12.3l2.7 2.7L16 9.5"/>"#)
            }
            Self::Tick => draw!(r#"<path d="M5 12.5l4.5 4.5L19 7.5"/>"#),
            Self::Question => draw!(
                r#"<circle cx="12" cy="12" r="9"/><path d="M9.3 9.5a2.7 2.7 0 1 1 4 2.4c-.900.5-1.3 1-1.3 2M12 16.8h.01"/>"#
            ),
            Self::Pause => draw!(r#"<circle cx="12" cy="12" r="9"/><path d="M10 9v6M14 9v6"/>"#),
            Self::Cross => {
                draw!(r#"<circle cx="12" cy="12" r="9"/><path d="M9 9l6 6M15 9l-6 6"/>"#)
            }
            Self::Lock => draw!(
                r#"<rect x="5" y="11" width="14" height="10" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>"#
            ),
            Self::Out => draw!(r#"<path d="M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9"/>"#),
            Self::Eye => draw!(
                r#"<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="3"/>"#
            ),
            Self::Picture => draw!(
                r#"<rect x="3" y="4.5" width="18" height="15" rx="2.5"/><circle cx="8.5" cy="9.5" r="1.5"/><path d="M4 18l5.5-5 3.5 3 3-2.5 4.5 4"/>"#
            ),
            Self::Hash => draw!(r#"<path d="M9.5 4L7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16"/>"#),
            Self::Link => draw!(
                r#"<path d="M10 14a4 4 0 0 0 5.700.3l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2"/><path d="M14 10a4 4 0 0 0-5.7-.3l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2"/>"#
            ),
            Self::Copy => draw!(
                r#"<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15H4V6a2 2 0 0 1 2-2h9v1"/>"#
            ),
            Self::Hand => draw!(
                r#"<path d="M8 12V5.5a1.5 1.5 0 0 1 3 0V11M11 11V4.5a1.5 1.5 0 0 1 3 0V11M14 11V6a1.5 1.5 0 0 1 3 0v8.5a6.5 6.5 0 0 1-6.5 6.5c-3 0-4.5-1.5-6-4l-1.8-3.2a1.5 1.5 0 0 1 2.5-1.6L8 15"/>"#
            ),
            Self::Send => draw!(r#"<path d="M21 3L3 10.5l7 3 3 7z"/><path d="M21 3L10 13.5"/>"#),
            Self::Left => draw!(r#"<path d="M15 5l-7 7 7 7"/>"#),
            Self::Right => draw!(r#"<path d="M9 5l7 7-7 7"/>"#),
            Self::Up => draw!(r#"<path d="M5 15l7-7 7 7"/>"#),
            Self::Down => draw!(r#"<path d="M5 9l7 7 7-7"/>"#),
            Self::Mail => draw!(
                r#"<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M4 7.5l8 6 8-6"/>"#
            ),
            Self::Plug => draw!(r#"<path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4"/>"#),
            Self::Print => draw!(
                r#"<path d="M7 9V3.5h10V9M7 17H4V9h16v8h-3"/><rect x="7" y="14" width="10" height="6.5"/>"#
            ),
            Self::Undo => {
                draw!(r#"<path d="M8 5L4 9l4 4"/><path d="M4 9h10a5.5 5.5 0 0 1 0 11H9"/>"#)
            }
        }
    }
}
