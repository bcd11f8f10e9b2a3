"""Reception: a delivery counted, signed by three, put on the shelf and acknowledged, all in one act."""
