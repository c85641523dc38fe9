import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class DrillTest {
    private static final String MOCK =
        System.getenv().getOrDefault("LEAD_PROVIDER_API_URL", "http://127.0.0.1:8080");

    private JsonNode post(String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(MOCK + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        return new ObjectMapper().readTree(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }

    @Test
    void theClientIsReady() throws Exception {
        var drill = post("/_mock/drills", "{\"name\": \"full\"}");
        // It gives up at the first 401.
        assertThrows(AccessDenied.class, () -> new YourClient(MOCK, drill.get("wrong_token").asText()).run());
        new YourClient(MOCK, drill.get("token").asText()).run();
        var ended = post("/_mock/drills/" + drill.get("id").asText() + "/end", "");
        assertEquals(0, ended.get("missing").size(), ended.toString());
    }
}
