/* network_edit: applies planned changes to the inactive XML of a network.
 *
 * Edits only differences between `prior` and `planned`: other reservations, routes, bandwidths,
 * port groups and dnsmasq options are kept. */
#pragma once

#include "provider.h"
#include "xml.h"

void network_edit(const Call *call, Value prior, Value planned, xmlNodePtr root);
