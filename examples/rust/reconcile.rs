// SPDX-License-Identifier: Apache-2.0
//! Caligo from Rust: what is wanted of <caligo.h>, written down by hand, and a safe function around it.
//!
//!     rustc -O reconcile.rs -L LIBRARY-FOLDER -l caligo && ./reconcile

use std::ffi::CStr;
use std::mem::{size_of, zeroed};
use std::os::raw::{c_char, c_int};

/// The declarations; names and order of the fields are those of the header.
mod sys {
    use super::{c_char, c_int};

    pub const MODE_BLIND: i32 = 2;

    #[repr(C)]
    pub struct Leakage {
        pub total: u64,
        pub frozen: u64,
        pub crc: u64,
        pub tag: u64,
        pub sample: u64,
        pub feedback: u64,
        pub questions: u64,
        pub reserved: [u64; 3],
    }

    #[repr(C)]
    pub struct SessionSettings {
        pub struct_size: usize,
        pub session_id: u64,
        pub mode: i32,
        pub verdicts: i32,
        pub max_log2_block: u32,
        pub list_size: u32,
        pub tag_bits: u32,
        pub sample_bits: u32,
        pub target_fer: f64,
        pub boldness: f64,
        pub crc: *const c_char,
        pub has_qber: i32,
        pub simulated: i32,
        pub qber: f64,
        pub seed: u64,
        pub breadth: u32,
        pub max_rounds: u32,
        pub window: u32,
        pub max_codes: u32,
        pub max_frame: usize,
    }

    #[repr(C)]
    pub struct ReconcileResult {
        pub struct_size: usize,
        pub bits: usize,
        pub blocks: usize,
        pub failed_blocks: usize,
        pub key_bits: usize,
        pub errors: usize,
        pub undetected: usize,
        pub qber: f64,
        pub efficiency: f64,
        pub epsilon: f64,
        pub leaked: Leakage,
    }

    extern "C" {
        pub fn caligo_version() -> *const c_char;
        pub fn caligo_error_message() -> *const c_char;
        pub fn caligo_simulated_bits(seed: u64, stream: u64, p: f64, out: *mut u8, bits: usize) -> c_int;
        pub fn caligo_reconcile(
            settings: *const SessionSettings, x: *const u8, y: *const u8, bits: usize, key: *mut u8,
            result: *mut ReconcileResult,
        ) -> c_int;
    }
}

#[derive(Debug)]
struct Error {
    number: c_int,
    text: String,
}

/// The text belongs to this thread, and nothing runs between the call and here.
fn check(number: c_int) -> Result<(), Error> {
    if number == 0 {
        return Ok(());
    }
    let text = unsafe { CStr::from_ptr(sys::caligo_error_message()) }.to_string_lossy().into_owned();
    Err(Error { number, text })
}

fn simulated_bits(stream: u64, p: f64, bits: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; bits.div_ceil(8)];
    check(unsafe { sys::caligo_simulated_bits(1, stream, p, bytes.as_mut_ptr(), bits) })?;
    Ok(bytes)
}

/// The common key of two noisy copies, packed, and the account.
fn reconcile(x: &[u8], y: &[u8], bits: usize) -> Result<(Vec<u8>, sys::ReconcileResult), Error> {
    assert!(x.len() == bits.div_ceil(8) && y.len() == x.len());
    // Zero is the default of every field.
    let mut settings: sys::SessionSettings = unsafe { zeroed() };
    settings.struct_size = size_of::<sys::SessionSettings>();
    settings.mode = sys::MODE_BLIND;
    let mut result: sys::ReconcileResult = unsafe { zeroed() };
    result.struct_size = size_of::<sys::ReconcileResult>();
    let mut key = vec![0; x.len()];
    check(unsafe { sys::caligo_reconcile(&settings, x.as_ptr(), y.as_ptr(), bits, key.as_mut_ptr(), &mut result) })?;
    key.truncate(result.key_bits.div_ceil(8));
    Ok((key, result))
}

fn main() -> Result<(), Error> {
    let bits = 1 << 18;
    let x = simulated_bits(0, 0.5, bits)?;
    let noise = simulated_bits(1, 0.02, bits)?;
    let y: Vec<u8> = x.iter().zip(&noise).map(|(a, b)| a ^ b).collect();
    let (key, result) = reconcile(&x, &y, bits)?;
    let version = unsafe { CStr::from_ptr(sys::caligo_version()) }.to_string_lossy();
    println!(
        "caligo {version}: {} errors, {} of {} bits verified in {} bytes, f = {:.3}, {} wrong",
        result.errors, result.key_bits, result.bits, key.len(), result.efficiency, result.undetected
    );
    // Errors arrive with a number and a text.
    match reconcile(&x[..1], &y[..1], 8) {
        Err(error) if error.number == 1 => println!("8 bits are refused: {}", error.text),
        _ => std::process::exit(1),
    }
    std::process::exit(if result.undetected == 0 && result.key_bits > bits / 2 { 0 } else { 1 })
}
