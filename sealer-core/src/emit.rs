//! Writes a SealedSecret as YAML or JSON in upstream's shape.
