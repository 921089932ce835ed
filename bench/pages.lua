-- wrk: walk through all pages of a query again and again. Arguments: the file with the
-- authorization header, and the page size.
local token

function init(args)
    local file = assert(io.open(args[1]))
    wrk.headers["Authorization"] = file:read("*l"):match("^Authorization: (.*)")
    file:close()
    wrk.headers["Content-Type"] = "application/json; charset=utf-8"
    wrk.headers["x-ms-max-item-count"] = args[2]
end

function request()
    wrk.headers["x-ms-continuation"] = token
    return wrk.format("POST", "/enrollments/query?api-version=2021-10-01", nil,
        '{"query":"*"}')
end

function response(status, headers)
    token = headers["x-ms-continuation"]
end
