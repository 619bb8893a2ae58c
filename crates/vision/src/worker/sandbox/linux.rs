//! Linux: Landlock takes away the files, seccomp the system calls. Neither needs privileges.
//!
//! Landlock: <https://docs.kernel.org/userspace-api/landlock.html>; seccomp: seccomp(2). The seccomp filter lists what is
//! denied, not what is allowed, since the allocator, the C library and the thread pool differ in what they call from one
//! system to the next. Denied calls fail with an error, so that a library that merely tries finds its fallback.

use std::collections::BTreeMap;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::Confinement;

type Reason = Box<dyn std::error::Error>;

pub(super) fn confine(models_dirs: &[PathBuf]) -> Confinement {
    let told = |result: Result<(), Reason>| result.map_err(|reason| reason.to_string());
    Confinement { files: told(give_up_files(models_dirs)), system_calls: told(give_up_system_calls()) }
}

/// Denies every file but those in `models_dirs`, and where the kernel can, TCP and signals to other processes.
fn give_up_files(models_dirs: &[PathBuf]) -> Result<(), Reason> {
    let abi = ABI::V6;
    // A rule holds for what lies beneath a directory, not for where links in it lead: so each entry gets its own.
    let entries = models_dirs.iter().filter_map(|dir| std::fs::read_dir(dir).ok()).flatten().flatten();
    let links = entries.map(|entry| entry.path()).filter(|path| path.is_symlink());
    let readable: Vec<PathBuf> = models_dirs.iter().cloned().chain(links).collect();
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(readable, AccessFs::ReadFile | AccessFs::ReadDir))?
        .restrict_self()?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("this kernel has no Landlock".into()),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}

fn give_up_system_calls() -> Result<(), Reason> {
    for (rules, errno) in [(denied()?, libc::EPERM), (unknown()?, libc::ENOSYS)] {
        let arch = std::env::consts::ARCH.try_into()?;
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(errno as u32), arch)?;
        let program: BpfProgram = filter.try_into()?;
        seccompiler::apply_filter(&program)?;
    }
    Ok(())
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Calls that act as if the kernel did not have them: their flags lie in memory, where a filter cannot look, and the C
/// library falls back to the older call, whose flags it can see.
fn unknown() -> Result<Rules, Reason> {
    Ok([libc::SYS_clone3, libc::SYS_openat2].map(|call| (call, vec![])).into_iter().collect())
}

/// Calls that are refused, always or with certain arguments.
fn denied() -> Result<Rules, Reason> {
    let always = NETWORK.iter().chain(PROGRAMS).chain(OTHER_PROCESSES).chain(FILE_SYSTEM).chain(KERNEL).chain(OLD);
    let mut rules: Rules = always.map(|&call| (call, vec![])).collect();
    // Itself it may signal, which is how it aborts, and ask for its own limits. (Zero means itself.)
    rules.insert(libc::SYS_tgkill, vec![other_than(0, std::process::id().into())?]);
    rules.insert(libc::SYS_prlimit64, vec![other_than(0, 0)?]);
    // A thread is fine, a process is not.
    rules.insert(libc::SYS_clone, vec![has_bits(0, libc::CLONE_THREAD as u64, 0)?]);
    rules.insert(libc::SYS_openat, writing(2)?);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, writing(1)?);
    Ok(rules)
}

/// One rule for each way to open a file for writing or making, with the flags in the argument `flags`.
fn writing(flags: u8) -> Result<Vec<SeccompRule>, Reason> {
    let access = libc::O_ACCMODE as u64;
    [
        (access, libc::O_WRONLY as u64),
        (access, libc::O_RDWR as u64),
        (libc::O_CREAT as u64, libc::O_CREAT as u64),
        (libc::O_TRUNC as u64, libc::O_TRUNC as u64),
    ]
    .map(|(mask, value)| has_bits(flags, mask, value))
    .into_iter()
    .collect()
}

/// Matches when the bits of `mask` in an argument are those of `value`.
fn has_bits(argument: u8, mask: u64, value: u64) -> Result<SeccompRule, Reason> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask), value)?;
    Ok(SeccompRule::new(vec![condition])?)
}

/// Matches when an argument has another value.
fn other_than(argument: u8, value: u64) -> Result<SeccompRule, Reason> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, value)?;
    Ok(SeccompRule::new(vec![condition])?)
}

const NETWORK: &[i64] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
];

const PROGRAMS: &[i64] = &[libc::SYS_execve, libc::SYS_execveat];

const OTHER_PROCESSES: &[i64] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kcmp,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
];

/// What changes files by name, and what opens them past the rules above.
const FILE_SYSTEM: &[i64] = &[
    libc::SYS_open_by_handle_at,
    libc::SYS_unlinkat,
    libc::SYS_renameat2,
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_truncate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchmodat2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
];

/// What reaches far into the kernel, or (io_uring) does any of the above unseen by this filter.
const KERNEL: &[i64] = &[
    libc::SYS_io_uring_setup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
];

/// Older twins of the above, which younger architectures never had.
#[cfg(target_arch = "x86_64")]
const OLD: &[i64] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_creat,
    libc::SYS_unlink,
    libc::SYS_rmdir,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_mkdir,
    libc::SYS_mknod,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[i64] = &[];
