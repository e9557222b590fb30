/* runner_kube: requests to the API server, with the token of the pod. */
#pragma once

#include "kube_call.h"
#include "runner.h"

/* Returns false with *problem, the end of a sentence, if the pod has no token. */
MUST_USE bool runner_kube_find(Runner *runner, KubeTarget *out, Str *problem);
KubeCall runner_kube_call(const Runner *runner, KubeClient *client);
