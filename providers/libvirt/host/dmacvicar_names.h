/* dmacvicar_names: names of the provider dmacvicar/libvirt (0.8 and 0.9) that this provider does
 * not have, with the arguments to write instead. */
#pragma once

#include "foreign_names.h"

extern const ForeignNames dmacvicar_types;
extern const ForeignNames dmacvicar_domain_names;
extern const ForeignNames dmacvicar_network_names;
extern const ForeignNames dmacvicar_pool_names;
extern const ForeignNames dmacvicar_volume_names;
