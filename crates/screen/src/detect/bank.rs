//! Bank details: a sort code with an account number of eight figures beside it.

use super::Finder;
use super::figures::Figures;
use crate::eval::Run;
use crate::finding::{Label, Severity};
use crate::names::Detector;

pub(super) fn find(run: &mut Run<'_>, runs: &[Figures], out: &mut Finder) {
    for (n, figures) in runs.iter().enumerate() {
        let sort_code = figures.digits.len() == 6 && figures.groups == [2, 2, 2];
        let token = run.doc.token_at(figures.start);
        let named = run.word_before(token, 4, &["sort", "sortcode", "sc"]);
        if figures.digits.len() == 14 && figures.groups == [2, 2, 2, 8] {
            out.add(
                run,
                Detector::Bank,
                Label::Id,
                Severity::Block,
                figures.start,
                figures.end,
            );
        } else if sort_code || (figures.digits.len() == 6 && named) {
            let account = runs.get(n + 1).filter(|next| {
                next.digits.len() == 8 && next.groups.len() <= 2 && next.start - figures.end < 40
            });
            if let Some(account) = account {
                out.add(
                    run,
                    Detector::Bank,
                    Label::Id,
                    Severity::Block,
                    figures.start,
                    account.end,
                );
            }
        }
    }
}
