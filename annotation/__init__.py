"""People make gold here: the Label Studio config, tasks for it, and its exports as documents."""
