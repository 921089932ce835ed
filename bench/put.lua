-- wrk: PUT enrollments as fast as the server takes them. Arguments: the file with the
-- authorization header, the prefix of the ids, and how many exist (they are updated in
-- turn; 0: each is new). Ids that are new go on from the time, so that no run meets
-- those of another.
local authorization, prefix, existing
local number = 0

local head = '{"registrationId":"'
local tail = '","attestation":{"type":"symmetricKey","symmetricKey":{' ..
    '"primaryKey":"cHJpbWFyeWtleXByaW1hcnlrZXkwMQ==",' ..
    '"secondaryKey":"c2Vjb25kYXJ5a2V5c2Vjb25kYXJ5MDI="}},' ..
    '"provisioningStatus":"enabled","initialTwin":{"tags":{"site":"oslo"},' ..
    '"properties":{"desired":{"interval":10}}}}'

function init(args)
    local file = assert(io.open(args[1]))
    authorization = file:read("*l"):match("^Authorization: (.*)")
    file:close()
    prefix = args[2]
    existing = tonumber(args[3])
    wrk.headers["Authorization"] = authorization
    wrk.headers["Content-Type"] = "application/json; charset=utf-8"
    if existing > 0 then
        wrk.headers["If-Match"] = "*"
    end
end

function request()
    number = number + 1
    local n = number
    if existing > 0 then
        n = (number - 1) % existing + 1
    end
    local id = string.format("%s-%06d", prefix, n)
    return wrk.format("PUT", "/enrollments/" .. id .. "?api-version=2021-10-01", nil,
        head .. id .. tail)
end
