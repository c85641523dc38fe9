require "json"
require "minitest/autorun"
require "net/http"

class ParticipantTest < Minitest::Test
  MOCK = URI(ENV.fetch("LEAD_PROVIDER_API_URL", "http://127.0.0.1:8080"))

  def setup
    clock = { now: "2021-11-20T09:00:00Z", running: false }
    @sandbox = control(:post, "", { seed: "empty", clock: clock })
    @token = @sandbox["providers"][0]["token"]
  end

  def teardown
    control(:delete, "/#{@sandbox["id"]}")
  end

  def test_a_participant_who_was_added_is_listed
    added = control(:post, "/#{@sandbox["id"]}/v1/participants", { provider: "alder", participant_type: "ect" })
    # Your client, with its base URL and this token.
    answer = Net::HTTP.get_response(MOCK + "/api/v1/participants/ecf", { "Authorization" => "Bearer #{@token}" })
    assert_equal [added["id"]], JSON.parse(answer.body)["data"].map { |participant| participant["id"] }
  end

  private

  def control(method, path, body = nil)
    uri = MOCK + "/_mock/sandboxes#{path}"
    request = Net::HTTP.const_get(method.capitalize).new(uri, "Content-Type" => "application/json")
    request.body = JSON.generate(body) if body
    answer = Net::HTTP.start(uri.hostname, uri.port) { |http| http.request(request) }
    assert_kind_of Net::HTTPSuccess, answer
    answer.body.to_s.empty? ? nil : JSON.parse(answer.body)
  end
end
