"""Machine checks of the house's shape; every checker is proven on a planted violation."""
