"""How `/unifiedconfig/config/` talks: XML and JSON, errors, lists, references, access. Knows no resource."""
