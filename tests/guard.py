"""Runs a test, then ends every process that it left: servers and machines of a test that was cut off would take the names and
limits that later tests need.

  guard.py COMMAND...

SIGTERM ends the test, which has GRACE seconds to clean up. The processor time of the guard is that of the test
and of all that it started, daemons included."""
import ctypes, os, signal, subprocess, sys

GRACE = 30  # seconds
SET_CHILD_SUBREAPER = 36  # prctl(2): processes whose parent has ended become children of this one


def children():
    with open("/proc/self/task/%d/children" % os.getpid(), encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


def name_of(pid):
    with open("/proc/%d/comm" % pid, encoding="utf-8") as file:
        return file.read().strip()


def wait_for(pid):
    """The status of one child. Others that end meanwhile leave no zombies."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def end_rest():
    """Ends the children, and theirs, which become children here; returns the names of those that ran."""
    names = set()
    while pids := children():
        for pid in pids:
            names.add(name_of(pid))
            os.kill(pid, signal.SIGKILL)
        os.wait()
    return names


def main():
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1)
    test = subprocess.Popen(sys.argv[1:])

    def cut_off(*_):
        test.send_signal(signal.SIGTERM)
        signal.alarm(GRACE)

    signal.signal(signal.SIGTERM, cut_off)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(test.pid, signal.SIGKILL))
    status = wait_for(test.pid)
    signal.alarm(0)
    left = end_rest()
    if left:
        print("ended after the test: " + " ".join(sorted(left)), flush=True)
    sys.exit(status if status >= 0 else 128 - status)


main()
