/* argocd_known_hosts: the lines of one server in a text of host keys that others share, as in a
 * file known_hosts. A line of the server names it alone: "git.example.com ssh-ed25519 AAAA…". Lines
 * with several names, patterns, hashed names or markers belong to others. A key is "TYPE BASE64".
 */
#pragma once

#include "str.h"
#include "vec.h"

#define ARGOCD_KNOWN_HOSTS "ssh_known_hosts" /* key of that text in its ConfigMap */

/* Returns why the text is no host key, as a sentence; empty if it is one. */
Str argocd_known_hosts_problem(Str key, Arena *arena);
/* Returns the type of a key: "ssh-ed25519". */
Str argocd_known_hosts_type(Str key);
/* Returns the keys of the server, without comments. */
StrVec argocd_known_hosts_find(Str text, Str server, Arena *arena);
/* Returns the text with `added` keys of the server, and without its other keys of these types and
 * of the types of `removed`. All other lines keep their bytes. */
Str argocd_known_hosts_change(Str text, Str server, const StrVec *removed, const StrVec *added,
                              Arena *arena);
