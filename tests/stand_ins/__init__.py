"""Hand-written look-alikes of vendors, made from what is known of them and not from our specs."""
