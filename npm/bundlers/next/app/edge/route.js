//! The program in a route of the edge runtime, which compiles nothing at run time.

import { all } from "../../../app/all.mjs";

export const runtime = "edge";

export async function GET() {
  return Response.json(await all());
}
