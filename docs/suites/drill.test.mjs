import assert from "node:assert/strict";
import { test } from "node:test";
import { runClient } from "./your-client.mjs";

const mock = process.env.LEAD_PROVIDER_API_URL ?? "http://127.0.0.1:8080";

async function drill(path, body) {
  const answer = await fetch(`${mock}/_mock/drills${path}`, {
    method: body ? "POST" : "GET",
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

test("the client is ready", { timeout: 300_000 }, async () => {
  const { id, token, wrong_token } = await drill("", { name: "full" });
  await runClient(mock, wrong_token).catch(() => {}); // It gives up at the first 401.
  await runClient(mock, token);
  const { missing } = await (await fetch(`${mock}/_mock/drills/${id}/end`, { method: "POST" })).json();
  assert.deepEqual(missing, []);
});
