# Synthetic schools: n, mean, SD of persons, and points with everybody as reference.
# Run in this folder: Rscript school_points.R   (R 4.2.2)
source("worlds.R")
source("results.R")

world <- synthetic_world()
write_reference(lapply(world$scales, function(scale) school_results(world, scale)), "school_points.csv")
