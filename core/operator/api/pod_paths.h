/* pod_paths: where the containers of a Run's pod find things. act_job mounts them, and the runner
 * reads them. */
#pragma once

#define POD_STACK     "/stack"    /* the configuration */
#define POD_WORK      "/run/loam" /* in memory */
#define POD_ORDER     "/run/order"
#define POD_VARIABLES "/run/variables"
#define POD_KEY       "/run/key"
#define POD_BACKEND   "/run/backend" /* environment variables of the backend */
#define POD_GIT       "/run/git"     /* the credential of the source */
#define POD_TOKEN     "/var/run/secrets/kubernetes.io/serviceaccount"
#define POD_MESSAGE   "/dev/termination-log"
