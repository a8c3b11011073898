"use client";
//! The part of the page that runs in the browser.

import { useEffect, useState } from "react";
import { all } from "../../app/all.mjs";

export function Client() {
  const [text, setText] = useState("");
  useEffect(() => void all().then((result) => setText(JSON.stringify(result))), []);
  return <p id="client">{text}</p>;
}
