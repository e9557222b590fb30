/* ServerRules: what decides, besides the body of an apply, which object a server makes of it: its
 * version, the definition of the kind, and admission webhooks and policies. Any thread may use
 * them.
 *
 * The admission configuration is listed once, and the definition of a kind is read once, until
 * server_rules_drop. Rules that the user may not read do not count. */
#pragma once

#include "kube_discovery.h"

typedef struct ServerRules ServerRules;

ServerRules *server_rules_open(KubeDiscovery *discovery);
void server_rules_close(ServerRules *rules); /* NULL: does nothing */
/* Returns a digest of the rules for objects of the kind. */
Str server_rules_digest(ServerRules *rules, const KubeCall *call, Str version,
                        const KubeResource *resource);
/* Reads the rules again at the next call, if objects of this kind are such rules. */
void server_rules_drop(ServerRules *rules, const KubeResource *changed);
