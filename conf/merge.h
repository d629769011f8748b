// Several documents made one, by top-level section: lists and maps are joined, anything else may be
// set in one file only.
#pragma once

#include <vector>

#include "conf/reader/diagnostics.h"
#include "conf/reader/yaml_node.h"

namespace poise::conf {

// Requires: at least one document; all are maps.
YamlNodePtr merge_documents(const std::vector<YamlNodePtr>& documents, Diagnostics& diagnostics);

}  // namespace poise::conf
