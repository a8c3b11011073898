//! The program in a page: run where the page is rendered, and once more in the browser.

import { MARK } from "../../../runtimes/common/run.mjs";
import { all } from "../../app/all.mjs";
import { Client } from "./client";

export const dynamic = "force-dynamic";

export default async function Page() {
  return (
    <main>
      <p id="server">{MARK + JSON.stringify(await all())}</p>
      <Client />
    </main>
  );
}
