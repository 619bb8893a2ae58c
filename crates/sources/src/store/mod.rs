//! All SQL of this crate.

pub mod files;
mod pages;
pub mod remote_files;
mod schema;
mod sources;
mod state;

pub use pages::{note_pages, page, prune_pages, read_lists_afresh};
pub use schema::MIGRATIONS;
pub use sources::{DamagedSource, add, change, names, remove, source, source_of_kind, sources};
pub use state::{
    Look, Problem, State, filed, link, looked, made_by, of_item, refused, set_cursor, set_made, set_move_problem,
    set_watching, state, unfiled, unlink, unmake,
};

#[cfg(test)]
mod testing {
    //! A database for the tests of these tables.

    use crate::{Filing, MIGRATIONS, Source, SourceId, Spec};
    use rusqlite::Connection;

    /// With one source in it.
    pub fn database() -> (Connection, SourceId) {
        let mut conn = Connection::open_in_memory().unwrap();
        MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        let tx = conn.transaction().unwrap();
        let (id, name, filing) = (SourceId(0), "a".to_owned(), Filing::default());
        let new = Source { id, name, spec: Spec::Camera, filing, enabled: true, created_at: 0 };
        let id = crate::add(&tx, &new).unwrap();
        tx.commit().unwrap();
        (conn, id)
    }
}
