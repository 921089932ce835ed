#!/bin/sh
# A connector exports one symbol and imports nothing with which it could do I/O, wait, start
# something, look at the environment, or read another clock than the host's.
. "${BERTH_SRCDIR:?}/tests/tap.sh"

banned='socket|socketpair|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg|shutdown
getaddrinfo|gethostby.*|getifaddrs|res_.*|open|open64|openat|openat64|creat|creat64|fopen|fopen64|freopen|freopen64
fdopen|opendir|popen|system|read|write|pread.*|pwrite.*|unlink|rename|mkdir|rmdir|mkstemp.*|tmpfile.*|fork|vfork|clone
exec.*|fexecve|posix_spawn.*|wait|waitpid|kill|raise|signal|sigaction|setenv|unsetenv|putenv|clearenv|getenv
secure_getenv|pthread_create|thrd_create|dlopen|dlmopen|dlsym|sleep|usleep|nanosleep|clock_nanosleep|poll|ppoll|select
pselect|epoll_.*|io_uring.*|mmap|mmap64|mprotect|ptrace|syscall|chdir|chroot|setuid|setgid|time|gettimeofday|clock_gettime
timespec_get|rand|srand|random|srandom|exit|_exit|_Exit|abort|atexit|setlocale|printf|puts|putchar|perror
sprintf|vsprintf|strcpy|strcat|strncpy|strncat|atoi|atol|strtok|gets|alloca'
pattern="^($(printf '%s' "$banned" | tr '\n' '|'))\$"

names() { # nm's last column, without versions
    nm -D "$@" | awk '{print $NF}' | sed 's/@.*//' | sort -u
}

needs nm
found=no
for file in "${BERTH_BUILDDIR:?}"/connectors/*.so; do
    [ -f "$file" ] || continue
    found=yes
    name=$(basename "$file")
    exported=$(names --defined-only "$file")
    ok "$name exports berth_plugin_v1 and nothing else" test "$exported" = berth_plugin_v1
    [ "$exported" = berth_plugin_v1 ] || note "$exported"
    # what is checked at run time (__read_chk) counts like what it stands for
    imported=$(names --undefined-only "$file" | sed 's/^__\(.*\)_chk$/\1/' |
        grep -E "$pattern")
    ok "$name imports nothing that is banned" test -z "$imported"
    [ -z "$imported" ] || note "$imported"
done
ok "there are connectors to look at" test $found = yes
finish
