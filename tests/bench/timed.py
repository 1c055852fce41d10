"""timed.py - runs a command and writes rows of what it took (see bench.sh)

    timed.py LIMIT OUTPUT BENCH PROGRAM SIZE OCTETS FOLDER COMMAND...

SIZE certificates of OCTETS are worked on; what is in FOLDER afterwards is what
they take on disk ("-": nothing to tell). The command is ended after LIMIT
seconds. Exits with 1 when it failed.
"""
import os
import resource
import signal
import subprocess
import sys
import time


def on_disk(folder):
    return sum(os.lstat(os.path.join(place, name)).st_blocks * 512
               for place, _, names in os.walk(folder) for name in names)


def run(limit, output, command):
    with open(output, "wb") as out:
        child = subprocess.Popen(command, stdout=out, stderr=out,
                                 start_new_session=True)
        try:
            return child.wait(limit)
        except subprocess.TimeoutExpired:
            out.write(b"not done in %d s\n" % limit)
            return 1
        finally:  # nor does it outlive an interrupted benchmark
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    limit, output, bench, program, size, octets, folder = sys.argv[1:8]
    began = time.time()
    if run(int(limit), output, sys.argv[8:]) != 0:
        return 1
    took = time.time() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    count = int(size)
    figures = [
        (count / took, "keys/s"),
        ((used.ru_utime + used.ru_stime) * 1e6 / count, "us of CPU/key"),
        (used.ru_maxrss / 1024, "MiB of memory")]
    if folder != "-":
        disk = on_disk(folder)
        figures += [(disk / count, "octets on disk/key"),
                    (disk / int(octets), "octets on disk/octet")]
    print("# took %.2f" % took)
    for figure, unit in figures:
        print(bench, program, size, "-", "%.2f" % figure, unit, sep="\t")
    return 0


sys.exit(main())
