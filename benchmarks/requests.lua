-- What wrk sends, and what it prints at the end: one line of JSON for load.py.
--
-- Arguments: a file with one request a line (METHOD PATH TOKEN [BODY]); `repeat` or `once`, what to do
-- after the last line; the status that every answer must have, or `-` to let wrk count those above 399.
-- For one thread: the lines are sent in order, so that the caller knows which ones were used.

local thread_of_run

function setup(thread)
   thread_of_run = thread
end

unexpected = -1 -- not counted

function init(arguments)
   local requests, sent, again = {}, 0, arguments[2] == "repeat"
   for line in io.lines(arguments[1]) do
      local method, path, token, body = line:match("^(%S+) (%S+) (%S+) ?(.*)$")
      local headers = { Authorization = "Bearer " .. token }
      for name, value in pairs(wrk.headers) do headers[name] = value end
      if body == "" then body = nil else headers["Content-Type"] = "application/json" end
      requests[#requests + 1] = wrk.format(method, path, headers, body)
   end
   -- Nothing knows this path: running out shows as errors and can't pass for speed.
   local exhausted = wrk.format("GET", "/no-requests-left")

   function request()
      sent = sent + 1
      if again then return requests[(sent - 1) % #requests + 1] end
      return requests[sent] or exhausted
   end

   local expected = tonumber(arguments[3])
   if expected then
      unexpected = 0
      function response(status)
         if status ~= expected then unexpected = unexpected + 1 end
      end
   end
end

function done(summary, latency)
   local errors = summary.errors
   local counted = thread_of_run:get("unexpected")
   local statuses = counted >= 0 and counted or errors.status
   io.write(string.format(
      '{"requests": %d, "microseconds": %d, "bytes": %d, "p50": %.1f, "p99": %.1f, "longest": %.1f, '
         .. '"bad_answers": %d, "lost_connections": %d, "timeouts": %d}\n',
      summary.requests, summary.duration, summary.bytes,
      latency:percentile(50), latency:percentile(99), latency.max,
      statuses, errors.connect + errors.read + errors.write, errors.timeout))
end
