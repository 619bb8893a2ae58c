use super::intake::Intake;
use crate::api::{SourceDraft, SourceTest};
use crate::error::Result;
use crate::handler::Work;
use crate::service::Service;
use legible_sources::{Source, WebSpec};
pub fn look(_: &mut Work, _: &Source, _: &WebSpec, _: &mut Intake) -> Result<()> {
    unimplemented!()
}
pub fn try_out(_: &Service, _: &Source, _: &WebSpec, _: &SourceDraft) -> Result<SourceTest> {
    unimplemented!()
}
