// What a provider writes with openapi-fetch and the types that openapi-typescript generates of v3; run with
// base URL and token. It prints what it saw, a line each, for the test to compare.
import createClient from "openapi-fetch";
import type { components, paths } from "./v3.js";

declare const process: { argv: string[] };

const [baseUrl, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const schools = await client.GET("/api/v3/schools", {
  params: { query: { "filter[cohort]": "2025", "page[per_page]": 10, sort: "-updated_at" } },
});
const school = schools.data!.data.find((each) => each.attributes.expression_of_interest)!;
console.log("interested", school.attributes.induction_tutor_name);
const partners = await client.GET("/api/v3/delivery-partners", { params: { query: { "filter[cohort]": "2025" } } });

const confirm = () =>
  client.POST("/api/v3/partnerships", {
    body: {
      data: {
        type: "partnership",
        attributes: { cohort: "2025", school_id: school.id, delivery_partner_id: partners.data!.data[0]!.id },
      },
    },
  });
console.log("confirmed", (await confirm()).data!.data.attributes.participants_currently_training);
const { error, response } = await confirm();
if (response.status === 422) {
  const titles: components["schemas"]["ErrorTitle"][] = (
    error as components["schemas"]["UnprocessableContentResponse"]
  ).errors.map((entry) => entry.title);
  console.log("refused", JSON.stringify(titles));
}

const participants = await client.GET("/api/v3/participants", {
  params: { query: { "filter[updated_since]": "2026-02-10T09:00:00Z" } },
});
const participant = participants.data!.data[0]!;
const enrolment = participant.attributes.ecf_enrolments[0]!;
const status: "joining" | "active" | "leaving" | "left" = enrolment.participant_status;
const reason: components["schemas"]["WithdrawReason"] | undefined = enrolment.withdrawal?.reason;
console.log("appeared", status, reason ?? null, enrolment.working_pattern);

const declared = await client.POST("/api/v3/participant-declarations", {
  body: {
    data: {
      type: "participant-declaration",
      attributes: {
        participant_id: participant.id,
        declaration_type: "started",
        declaration_date: "2025-09-15T09:00:00Z",
        course_identifier: "ecf-induction",
        evidence_held: "training-event-attended",
      },
    },
  },
});
const declaration = declared.data!.data;
console.log("declared", declaration.attributes.state, declaration.attributes.evidence_held);
const statement = await client.GET("/api/v3/statements/{id}", {
  params: { path: { id: declaration.attributes.statement_id! } },
});
console.log("statement", statement.data!.data.attributes.month, statement.data!.data.attributes.year);
const voided = await client.PUT("/api/v3/participant-declarations/{id}/void", {
  params: { path: { id: declaration.id } },
});
console.log("voided", voided.data!.data.attributes.state, voided.data!.data.attributes.statement_id);

// No kind of retained declaration comes without evidence, so this doesn't even compile.
export const incomplete: components["schemas"]["DeclarationCreateRequest"] = {
  data: {
    type: "participant-declaration",
    // @ts-expect-error evidence_held is missing
    attributes: {
      participant_id: participant.id,
      declaration_type: "retained-1",
      declaration_date: "2025-10-20T09:00:00Z",
      course_identifier: "ecf-induction",
    },
  },
};
