//! Options that several verbs have.

/// How the answer is printed.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Print {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// One thing, to be looked at.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct One {
    /// Its number
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    pub id: i64,
    /// How it is printed.
    #[command(flatten)]
    pub print: Print,
}

/// Several things, to be changed alike.
#[derive(Debug, Clone, clap::Args)]
pub struct Numbers {
    /// Their numbers
    #[arg(required = true, value_parser = clap::value_parser!(i64).range(1..))]
    pub ids: Vec<i64>,
}

/// On which terms work is done, once or again and again.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Terms {
    /// The time zone whose clock counts, such as Europe/Berlin
    #[arg(long)]
    pub zone: Option<String>,
    /// What it needs; may be repeated: ac, battery, disk, idle:MINUTES, network, unmetered, metered, hours:22:00-06:00, none
    #[arg(long, value_name = "NEED")]
    pub needs: Vec<String>,
    /// The folder that export writes to
    #[arg(long)]
    pub folder: Option<std::path::PathBuf>,
}
