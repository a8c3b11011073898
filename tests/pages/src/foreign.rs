//! What others have written where the storages keep their records.

use bytes::Bytes;
use cachefn_core::{Keep, Storage, Token};
use cachefn_wasm::WebStorage;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbTransactionMode};

use crate::browser;
use crate::test::{Test, Verdict, equal, tests, words};

pub(crate) const EVERYWHERE: &[Test] = tests![rows_of_others_are_no_records];
pub(crate) const IN_A_WINDOW: &[Test] = tests![
    h_28_items_of_others_are_neither_read_nor_listed_nor_deleted,
    s_40_an_item_is_the_name_behind_the_prefix_and_base64,
    h_28_a_prefix_that_could_be_that_of_others_is_refused,
    h_06_keys_that_are_no_text_harm_no_walk,
];

async fn rows_of_others_are_no_records() -> Verdict {
    let storage = browser::storage("foreign");
    storage.set(b"own", Bytes::from_static(b"record"), Keep::default()).await.map_err(words)?;
    let database: IdbDatabase =
        browser::open("foreign", 1, |_| ()).await.ok_or("it does not open")?;
    let odd = Object::new();
    Reflect::set(&odd, &"bytes".into(), &Uint8Array::from(&b"record"[..])).map_err(words)?;
    Reflect::set(&odd, &"tokens".into(), &Array::of2(&7.into(), &"x".into())).map_err(words)?;
    let rows: [(&[u8], JsValue); 5] = [
        (b"number", 7.into()),
        (b"text", "text".into()),
        (b"nothing", JsValue::NULL),
        (b"other fields", Object::new().into()),
        (b"odd", odd.into()),
    ];
    let mode = IdbTransactionMode::Readwrite;
    let transaction = database.transaction_with_str_and_mode("records", mode).map_err(words)?;
    let store = transaction.object_store("records").map_err(words)?;
    for (name, row) in &rows {
        store.put_with_key(row, &Uint8Array::from(*name)).map_err(words)?;
    }
    store.put_with_key(&7.into(), &"a key of another kind".into()).map_err(words)?;
    database.close(); // when the transaction has ended
    for (name, _) in &rows[..4] {
        equal("a row of others", storage.get(name).await.map_err(words)?, None)?;
        equal("a token of others", storage.tokens(&[name]).await.map_err(words)?, vec![None])?;
    }
    let odd = storage.get(b"odd").await.map_err(words)?.map(|found| (found.record, found.tokens));
    equal("odd tokens", odd, Some((Bytes::from_static(b"record"), Some(vec![]))))?;
    let token = Token([7; 16]);
    let made = storage.create_tokens(&[(b"number", token)]).await.map_err(words)?;
    equal("a token in the place of a number", made, vec![token])?;
    let page = storage.scan(b"", b"", 100).await.map_err(words)?;
    equal("names", page.names.len(), 6)?;
    storage.close().await.map_err(words)?;
    equal("whether it was deleted", browser::delete("foreign").await, true)
}

async fn h_28_items_of_others_are_neither_read_nor_listed_nor_deleted() -> Verdict {
    let raw = browser::local_storage();
    raw.clear().map_err(words)?;
    let others = [("theirs", "value"), ("cachefn", "value"), ("cachefn:foreign", "no base64!")];
    for (key, value) in others {
        raw.set_item(key, value).map_err(words)?;
    }
    let storage = WebStorage::local();
    storage.set(b"own", Bytes::from_static(b"record"), Keep::default()).await.map_err(words)?;
    equal("what is no base64", storage.get(b"foreign").await.map_err(words)?, None)?;
    let page = storage.scan(b"", b"", 100).await.map_err(words)?;
    equal("names", page.names.len(), 2)?; // the one under our own prefix among them
    storage.purge().await.map_err(words)?;
    for name in page.names {
        storage.delete(&name).await.map_err(words)?;
    }
    equal("theirs", raw.get_item("theirs").map_err(words)?.as_deref(), Some("value"))?;
    equal("what is left", raw.length().map_err(words)?, 2)?;
    raw.clear().map_err(words)
}

async fn s_40_an_item_is_the_name_behind_the_prefix_and_base64() -> Verdict {
    let raw = browser::local_storage();
    raw.clear().map_err(words)?;
    let storage = WebStorage::local();
    let record = Bytes::from_static(&[0xfb, 0xff]);
    storage.set("né:7".as_bytes(), record.clone(), Keep::default()).await.map_err(words)?;
    equal("the item", raw.get_item("cachefn:né:7").map_err(words)?.as_deref(), Some("+/8="))?;
    raw.set_item("cachefn:written by others", "+/8=").map_err(words)?;
    let found = storage.get(b"written by others").await.map_err(words)?;
    equal("the record", found.map(|found| found.record), Some(record))?;
    storage.replace_tokens(&[(b"%n:a", Token([1; 16]))]).await.map_err(words)?;
    let token = raw.get_item("cachefn:%n:a").map_err(words)?;
    equal("the token", token.as_deref(), Some("AQEBAQEBAQEBAQEBAQEBAQ=="))?;
    raw.clear().map_err(words)
}

async fn h_28_a_prefix_that_could_be_that_of_others_is_refused() -> Verdict {
    for prefix in ["", ":", "shop", "bytes:"] {
        let refused = WebStorage::local().with_prefix(prefix).err();
        let kind = refused.map(|error| error.kind());
        equal(prefix, kind, Some(cachefn_core::ErrorKind::Config))?;
    }
    Ok(())
}

async fn h_06_keys_that_are_no_text_harm_no_walk() -> Verdict {
    let raw = browser::local_storage();
    raw.clear().map_err(words)?;
    let half = js_sys::JsString::from_char_code1(0xd800);
    let half = js_sys::JsString::from("cachefn:").concat(&half);
    let set: js_sys::Function =
        Reflect::get(&raw, &"setItem".into()).map_err(words)?.unchecked_into();
    set.call2(&raw, &half, &"AQ==".into()).map_err(words)?;
    let storage = WebStorage::local();
    storage.set(b"own", Bytes::from_static(b"record"), Keep::default()).await.map_err(words)?;
    let page = storage.scan(b"", b"", 100).await.map_err(words)?;
    equal("names", page.names, vec![Bytes::from_static(b"own")])?;
    raw.clear().map_err(words)
}
