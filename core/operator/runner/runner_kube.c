#include "runner_kube.h"

#include "kube_pod.h"

#define REQUEST_MS 60000

bool runner_kube_find(Runner *runner, KubeTarget *out, Str *problem) {
    Diags diags = diags_new(runner->arena);
    if (kube_pod_read(runner->io, out, runner->arena, &diags))
        return true;
    *problem = diags.items[0].detail;
    return false;
}

KubeCall runner_kube_call(const Runner *runner, KubeClient *client) {
    const Clock *clock = runner->io->clock;
    return (KubeCall){.client = client,
                      .arena = runner->arena,
                      .deadline_ms = clock->monotonic_ms(clock->self) + REQUEST_MS};
}
