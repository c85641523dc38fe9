// What a provider writes with openapi-fetch and the types that openapi-typescript generates; run with
// base URL and token. It prints what it saw, a line each, for the test to compare.
import createClient from "openapi-fetch";
import type { components, paths } from "./v1.js";

declare const process: { argv: string[] };

const [baseUrl, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

async function page(number: number) {
  const { data } = await client.GET("/api/v1/participants/ecf", {
    params: { query: { "filter[cohort]": "2021", "page[page]": number, "page[per_page]": 1 } },
  });
  return data!.data;
}
const listed = await page(1);
console.log("listed", listed.length);
const id = listed[0]!.id;
console.log("another on page 2", (await page(2))[0]!.id !== id);

const defer = () =>
  client.PUT("/api/v1/participants/ecf/{id}/defer", {
    params: { path: { id } },
    body: {
      data: {
        type: "participant-defer",
        attributes: { reason: "career-break", course_identifier: "ecf-induction" },
      },
    },
  });
const status: "active" | "deferred" | "withdrawn" = (await defer()).data!.data.attributes.training_status;
console.log("deferred", status);
const { error, response } = await defer();
if (response.status === 422) {
  const titles: components["schemas"]["ErrorTitle"][] = (
    error as components["schemas"]["ErrorResponse"]
  ).errors.map((entry) => entry.title);
  console.log("refused", JSON.stringify(titles));
}

const declared = await client.POST("/api/v1/participant-declarations", {
  body: {
    data: {
      type: "participant-declaration",
      attributes: {
        participant_id: id,
        declaration_type: "started",
        declaration_date: "2021-09-20T09:00:00Z",
        course_identifier: "ecf-induction",
      },
    },
  },
});
console.log("declared", declared.data!.data.attributes.declaration_type);
const voided = await client.PUT("/api/v1/participant-declarations/{id}/void", {
  params: { path: { id: declared.data!.data.id } },
});
console.log("voided", voided.data!.data.attributes.state);

// A retained declaration without evidence doesn't even compile.
export const incomplete: components["schemas"]["ParticipantDeclarationRequest"] = {
  data: {
    type: "participant-declaration",
    // @ts-expect-error evidence_held is missing
    attributes: {
      participant_id: id,
      declaration_type: "retained-1",
      declaration_date: "2021-10-20T09:00:00Z",
      course_identifier: "ecf-induction",
    },
  },
};
