/* encryption_reload: the file of encryption_file on a machine, and whether its API server uses it.
 *
 * An API server with automatic reload looks at the file once a minute. Its metrics say when it has
 * loaded a file, and when its process began, in the time of the machine. */
#pragma once

#include "cluster_api.h"

/* Replaces the file unless it is equal. *changed: time of its last change, in seconds. */
MUST_USE bool encryption_reload_place(SshLink *link, Str content, double *changed, Diags *diags);
/* Reads the file; empty: there is none. */
MUST_USE bool encryption_reload_read(SshLink *link, Str *content, Diags *diags);
/* Returns why the API server does not use a file that changed at this time; empty: it does. */
Str encryption_reload_look(const ClusterApi *api, double changed);
