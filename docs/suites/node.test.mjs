import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

const mock = process.env.LEAD_PROVIDER_API_URL ?? "http://127.0.0.1:8080";
let sandbox, token;

async function control(method, path, body) {
  const answer = await fetch(`${mock}/_mock/sandboxes${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? undefined : answer.json();
}

beforeEach(async () => {
  sandbox = await control("POST", "", { seed: "empty", clock: { now: "2021-11-20T09:00:00Z", running: false } });
  token = sandbox.providers[0].token;
});

afterEach(() => control("DELETE", `/${sandbox.id}`));

test("a participant who was added is listed", async () => {
  const added = await control("POST", `/${sandbox.id}/v1/participants`, { provider: "alder", participant_type: "ect" });
  // Your client, with its base URL and this token.
  const answer = await fetch(`${mock}/api/v1/participants/ecf`, { headers: { Authorization: `Bearer ${token}` } });
  const { data } = await answer.json();
  assert.deepEqual(data.map((participant) => participant.id), [added.id]);
});
