/* host_firewall: what the firewall of a machine must accept, as the name of a setting:
 *
 *     firewall 6443/tcp,30000-32767/tcp 10.0.0.11,10.244.0.0/16
 *
 * Equal lists give equal names, in any order and spelling. */
#pragma once

#include "str.h"
#include "vec.h"

/* Returns the port as the setting has it, "30000-32767/tcp"; empty if it is none. */
Str host_firewall_port(Str text, Arena *arena);
/* Returns the network or the address as the setting has it; empty if the text is none, or has bits
 * behind its prefix. */
Str host_firewall_network(Str text, Arena *arena);
/* Returns the ports that a node of Kubernetes opens to others, and `more`. All of another node's
 * packets come from the networks. */
StrVec host_firewall_ports(bool is_worker, const StrVec *more, Arena *arena);
/* Returns the lists of the setting, sorted; both have texts of the functions above. */
Str host_firewall_lists(const StrVec *ports, const StrVec *networks, Arena *arena);
