using System.Net.Http.Json;
using Xunit;

public class DrillTests
{
    private sealed record Drill(string Id, string Token, string Wrong_Token, string[] Missing);

    private static readonly Uri Mock =
        new(Environment.GetEnvironmentVariable("LEAD_PROVIDER_API_URL") ?? "http://127.0.0.1:8080");

    [Fact]
    public async Task TheClientIsReady()
    {
        using var http = new HttpClient { BaseAddress = Mock };
        var begun = await http.PostAsJsonAsync("/_mock/drills", new { name = "full" });
        var drill = (await begun.Content.ReadFromJsonAsync<Drill>())!;
        // It gives up at the first 401.
        await Assert.ThrowsAsync<AccessDenied>(() => new YourClient(Mock, drill.Wrong_Token).Run());
        await new YourClient(Mock, drill.Token).Run();
        var ended = await http.PostAsync($"/_mock/drills/{drill.Id}/end", null);
        Assert.Empty((await ended.Content.ReadFromJsonAsync<Drill>())!.Missing);
    }
}
