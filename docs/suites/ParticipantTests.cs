using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

public sealed class ParticipantTests : IAsyncLifetime
{
    private static readonly Uri Mock = new(
        Environment.GetEnvironmentVariable("LEAD_PROVIDER_API_URL") ?? "http://127.0.0.1:8080");

    private readonly HttpClient control = new() { BaseAddress = Mock };
    private readonly HttpClient provider = new() { BaseAddress = Mock };
    private string sandbox = "";

    public async Task InitializeAsync()
    {
        var settings = new { seed = "empty", clock = new { now = "2021-11-20T09:00:00Z", running = false } };
        var made = await PostAsync("/_mock/sandboxes", settings);
        sandbox = made.GetProperty("id").GetString()!;
        var token = made.GetProperty("providers")[0].GetProperty("token").GetString();
        provider.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task DisposeAsync() => await control.DeleteAsync($"/_mock/sandboxes/{sandbox}");

    [Fact]
    public async Task AParticipantWhoWasAddedIsListed()
    {
        var added = await PostAsync(
            $"/_mock/sandboxes/{sandbox}/v1/participants", new { provider = "alder", participant_type = "ect" });
        // Your client, with its base URL and this token.
        var answer = await provider.GetFromJsonAsync<JsonElement>("/api/v1/participants/ecf");
        var listed = answer.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("id").GetString());
        Assert.Equal([added.GetProperty("id").GetString()], listed);
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        var answer = await control.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
