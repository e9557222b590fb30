/* argocd_certificate_text: checks of the arguments of argocd_repository_certificate. */
#pragma once

#include "value.h"

/* Checks of attributes: each returns the error as a full sentence, or the empty text. */
Str argocd_certificate_text_check_keys(Value keys, Arena *arena);
Str argocd_certificate_text_check_pem(Value pem, Arena *arena);

/* Return why Argo CD finds no entry of this name, as a sentence; empty if it does. */
Str argocd_certificate_text_host_problem(Str server, Arena *arena);
/* Of TLS: the name is a key of a ConfigMap, and counts for all ports. */
Str argocd_certificate_text_server_problem(Str server, Arena *arena);
