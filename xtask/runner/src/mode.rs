//! Who may do what with a file: permission bits where the system has them.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{executable, for_all, is_executable, make_executable, private, taken_over};
#[cfg(windows)]
pub(crate) use windows::{
    executable, for_all, is_executable, make_executable, private, taken_over,
};
