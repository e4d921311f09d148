-- Requests for wrk from a file: a path a line and, behind a tab, an ETag for If-None-Match. They are sent in random
-- order. The figures come out as one line of JSON, times in microseconds.
local requests = {}

function init(arguments)
    for line in io.lines(arguments[1]) do
        local path, tag = line:match("^([^\t]+)\t?(.*)$")
        local headers = tag ~= "" and { ["If-None-Match"] = tag } or {}
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
    math.randomseed(1)
end

function request()
    return requests[math.random(#requests)]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "bad_status": %d, "bad_connection": %d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
