-- wrk: ask for the pages of a query in turn, again and again. Arguments: the file with the
-- authorization header, the page size, the file with the header lines of the pages.
local requests = {}
local number = 0

function init(args)
    local file = assert(io.open(args[1]))
    wrk.headers["Authorization"] = file:read("*l"):match("^Authorization: (.*)")
    file:close()
    wrk.headers["Content-Type"] = "application/json; charset=utf-8"
    wrk.headers["x-ms-max-item-count"] = args[2]
    for line in io.lines(args[3]) do
        wrk.headers["x-ms-continuation"] = line:match("^[^:]*: *(.*)")
        requests[#requests + 1] = wrk.format("POST",
            "/enrollments/query?api-version=2021-10-01", nil, '{"query":"*"}')
    end
end

function request()
    number = number % #requests + 1
    return requests[number]
end
