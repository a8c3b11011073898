//! Four numbers compared at once, where the processor can: without a branch that cannot be predicted.

/// Which of the cells have the bits of `want`, `want + step`, … from `shift` upwards: a bit each. `shift` is below 32.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
pub(crate) fn matching(cells: &[u32; 4], want: u32, step: u32, shift: u32) -> u32 {
    use core::arch::x86_64::*;
    let step = step as i32;
    // SAFETY: SSE2 belongs to every x86-64 processor, and the load, which need not be aligned, reads the
    // sixteen bytes of `cells`.
    unsafe {
        let steps = _mm_set_epi32(3 * step, 2 * step, step, 0);
        let wanted = _mm_add_epi32(_mm_set1_epi32(want as i32), steps);
        let found = _mm_loadu_si128(core::ptr::from_ref(cells).cast());
        let differ = _mm_srl_epi32(_mm_xor_si128(found, wanted), _mm_cvtsi32_si128(shift as i32));
        let same = _mm_cmpeq_epi32(differ, _mm_setzero_si128());
        _mm_movemask_ps(_mm_castsi128_ps(same)) as u32
    }
}

/// Which of the cells have the bits of `want`, `want + step`, … from `shift` upwards: a bit each. `shift` is below 32.
#[cfg(not(all(target_arch = "x86_64", not(miri))))]
#[inline(always)]
pub(crate) fn matching(cells: &[u32; 4], want: u32, step: u32, shift: u32) -> u32 {
    let mut matching = 0;
    for (at, cell) in cells.iter().enumerate() {
        let wanted = want.wrapping_add(step.wrapping_mul(at as u32));
        matching |= u32::from((cell ^ wanted) >> shift == 0) << at;
    }
    matching
}
