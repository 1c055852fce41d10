# ports.sh - sourced by tests and benchmarks that start servers

# free_ports N: prints N ports that are free now. Whoever asks next gets
# others, in whatever script: a file counts on, and comes back to these after
# 20000 more. So a server may start late, and come back, on its port. None is
# of those that the kernel gives to connections (from 32768 on).
free_ports() {
	python3 -c '
import fcntl, os, socket, sys, tempfile
FIRST, COUNT = 12000, 20000
name = os.path.join(tempfile.gettempdir(), "keypost-ports.%d" % os.getuid())
ports = []

def is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

with open(name, "a+") as f:
    fcntl.flock(f, fcntl.LOCK_EX)
    f.seek(0)
    at = int(f.read() or 0)
    for _ in range(COUNT):
        if len(ports) == int(sys.argv[1]):
            break
        port = FIRST + at % COUNT
        at = at + 1
        if is_free(port):
            ports.append(port)
    f.truncate(0)
    f.write(str(at % COUNT))
print(*ports)' "$1"
}
