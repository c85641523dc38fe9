require "json"
require "net/http"
require_relative "your_client"

RSpec.describe YourClient do
  mock = ENV.fetch("LEAD_PROVIDER_API_URL", "http://127.0.0.1:8080")

  def post(address, body = nil)
    answer = Net::HTTP.post(URI(address), body && JSON.generate(body), "Content-Type" => "application/json")
    JSON.parse(answer.body)
  end

  it "is ready" do
    drill = post("#{mock}/_mock/drills", { name: "full" })
    # It gives up at the first 401.
    expect { YourClient.new(mock, drill["wrong_token"]).run }.to raise_error(YourClient::AccessDenied)
    YourClient.new(mock, drill["token"]).run
    expect(post("#{mock}/_mock/drills/#{drill["id"]}/end")["missing"]).to eq []
  end
end
