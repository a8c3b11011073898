//! Takes the words out of panics: nobody is there to hear them, and the trap stays.

use anyhow::{Result, ensure};
use walrus::ir::Value;
use walrus::{
    ConstExpr, Data, DataId, DataKind, Function, FunctionBuilder, FunctionId, FunctionKind, Module,
};

/// Makes every function that only tells of a panic trap at once. What prepared the telling is then
/// dropped by the optimiser.
///
/// # Errors
/// The bytes are no module, or have no names to know the functions by.
pub(super) fn silence(compiled: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(compiled)?;
    let telling: Vec<FunctionId> = module
        .funcs
        .iter()
        .filter(|function| function.name.as_deref().is_some_and(tells))
        .map(Function::id)
        .collect();
    ensure!(!telling.is_empty(), "no function of the module has a name that tells of panics");
    for id in telling {
        trap(&mut module, id);
    }
    let segments: Vec<DataId> = module.data.iter().map(Data::id).collect();
    for id in segments {
        let data = module.data.get_mut(id);
        if let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind {
            forget_places(&mut data.value, start as usize);
        }
    }
    Ok(module.emit_wasm())
}

/// Whether a function by this (mangled) name only runs on the way to a panic.
fn tells(name: &str) -> bool {
    TELLING.iter().any(|part| name.contains(part))
}

fn trap(module: &mut Module, id: FunctionId) {
    let signature = module.types.get(module.funcs.get(id).ty());
    let (params, results) = (signature.params().to_vec(), signature.results().to_vec());
    let arguments = params.iter().map(|kind| module.locals.add(*kind)).collect();
    let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
    body.func_body().unreachable();
    module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(arguments));
}

/// Blanks the places in sources that panics name, and the paths in them: no path of the machine that
/// built the module ships with it. A place is address and length of a path, line and column.
fn forget_places(data: &mut [u8], start: usize) {
    let word = |data: &[u8], at: usize| {
        let bytes = data.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    };
    let mut blank = Vec::new();
    for at in (0..data.len()).step_by(4) {
        let (Some(address), Some(length)) = (word(data, at), word(data, at + 4)) else { break };
        let path = address.checked_sub(start).map(|from| from..from.saturating_add(length));
        let Some(path) = path.filter(|path| data.get(path.clone()).is_some_and(is_source)) else {
            continue;
        };
        blank.extend([at..(at + 16).min(data.len()), path]);
    }
    for range in blank {
        data[range].fill(0);
    }
    for text in data.split_mut(|byte| !matches!(byte, b' '..=b'~' | b'\n')) {
        if text.windows(WORD).any(|word| word.iter().all(u8::is_ascii_lowercase)) {
            text.fill(0);
        }
    }
}

fn is_source(text: &[u8]) -> bool {
    text.ends_with(b".rs") && text.iter().all(|byte| byte.is_ascii_graphic())
}

/// So many small letters in a row are no accident: the engine's own tables are numbers.
const WORD: usize = 5;
/// Parts of names, in both manglings: formatting, and the standard library's ways into a panic.
const TELLING: [&str; 9] = [
    "4core3fmt",
    "4core3str5count",
    "9panicking",
    "slice_index_fail",
    "13expect_failed",
    "13unwrap_failed",
    "12handle_error",
    "18handle_alloc_error",
    "17capacity_overflow",
];

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType;

    fn module(names: &[&str]) -> Vec<u8> {
        let mut module = Module::default();
        for name in names {
            let mut body = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
            body.name((*name).into()).func_body().i32_const(7);
            let id = body.finish(vec![], &mut module.funcs);
            module.exports.add(name, id);
        }
        module.emit_wasm()
    }

    #[test]
    fn what_tells_of_panics_traps_and_the_rest_stays() {
        let told = "_ZN4core9panicking5panic17h0E";
        let silent = silence(&module(&["insert", told])).expect("a module with names");
        let module = Module::from_buffer(&silent).expect("still a module");
        let first_word = |name: &str| {
            let id = module.funcs.by_name(name).expect("both are there");
            let body = module.funcs.get(id).kind.unwrap_local();
            format!("{:?}", body.block(body.entry_block()).instrs[0].0)
        };
        assert!(first_word(told).starts_with("Unreachable"), "{}", first_word(told));
        assert!(first_word("insert").starts_with("Const"), "{}", first_word("insert"));
    }

    #[test]
    fn a_module_without_names_is_refused() {
        assert!(silence(&module(&["insert"])).is_err());
    }

    #[test]
    fn places_paths_and_words_are_blanked_and_numbers_stay() {
        const START: usize = 1024;
        let numbers = [[1, 2, 3, 4], [0x61, 0, 0x62, 0], [0x7a, 0x7a, 0x7a, 0x7a]].concat();
        let mut data = numbers.clone();
        let path = b"core/src/it.rs".to_vec();
        let place = [(START + 28) as u32, path.len() as u32, 33, 5];
        data.extend(place.iter().flat_map(|word| word.to_le_bytes()));
        data.extend(path);
        data.extend(b"\x01out of bounds: ");
        forget_places(&mut data, START);
        assert_eq!(data[..12], numbers);
        assert!(data[12..].iter().all(|byte| *byte <= 1), "{data:?}");
    }
}
