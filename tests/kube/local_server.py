"""A Kubernetes API server that outlives the command that starts it, for provisioners.

  local_server.py start DIRECTORY OWNER     starts etcd and kube-apiserver; DIRECTORY gets the file `kubeconfig`
  local_server.py stop DIRECTORY            ends them

A process of its own session holds them. It ends with the process OWNER, and the kernel ends the servers with it."""
import contextlib, os, select, shutil, signal, subprocess, sys, time

import server

STOP_SECONDS = 30


def path_of(directory, name):
    return os.path.join(directory, name)


def hold(directory, owner):
    """Runs the servers until a signal, or until the owner ends."""
    signal.signal(signal.SIGTERM, lambda *args: sys.exit(0))
    owner_fd = os.pidfd_open(owner)
    cluster = server.Cluster(directory, [])
    try:
        server.make_certificates(directory)
        cluster.write("tokens.csv", "%s,root,root,system:masters\n" % cluster.token("root"))
        cluster.write("audit.json", '{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "None"}]}')
        cluster.start_etcd()
        cluster.start_apiserver()
        os.rename(cluster.kubeconfig("root"), cluster.path("kubeconfig"))
        select.select([owner_fd], [], [])
    finally:
        cluster.stop(kill=True)
        shutil.rmtree(directory, ignore_errors=True)


def start(directory, owner):
    os.mkdir(directory)
    with open(directory + ".log", "wb") as log:
        holder = subprocess.Popen([sys.executable, "-B", os.path.abspath(__file__), "hold", directory, owner], stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, start_new_session=True)
    with open(directory + ".pid", "w", encoding="ascii") as file:
        file.write(str(holder.pid))
    while not os.path.exists(path_of(directory, "kubeconfig")):
        if holder.poll() is not None:
            with open(directory + ".log", encoding="utf-8", errors="replace") as log:
                sys.exit("the server did not start:\n" + log.read())
        time.sleep(0.05)


def stop(directory):
    with open(directory + ".pid", encoding="ascii") as file:
        pid = int(file.read())
    with contextlib.suppress(ProcessLookupError):  # it has ended
        holder = os.pidfd_open(pid)
        signal.pidfd_send_signal(holder, signal.SIGTERM)
        if not select.select([holder], [], [], STOP_SECONDS)[0]:
            sys.exit("the server did not end in %d s" % STOP_SECONDS)
    os.remove(directory + ".pid")


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == "stop":
        stop(sys.argv[2])
    else:
        hold(sys.argv[2], int(sys.argv[3]))
